--- What the scripts of this folder share: opening files in a Neovim with Driftline, and waiting for what it shows.
--- Every wait is for an event, with a limit that only a hang reaches.
local M = {}

local LIMIT_MS = 60000

--- Sets Neovim up as its user would; `plugin` is the folder of the plug-in.
function M.set_up(plugin)
  vim.opt.swapfile = false
  vim.opt.runtimepath:prepend(plugin)
  vim.cmd("filetype plugin on")
  vim.lsp.enable("driftline")
end

--- Waits until `happened` gives something, and returns that.
---@generic T
---@param what string
---@param happened fun(): T?
---@return T
function M.wait(what, happened)
  local result
  local came = vim.wait(LIMIT_MS, function()
    result = happened()
    return result ~= nil and result ~= false
  end, 10)
  if not came then
    local path = vim.lsp.get_log_path()
    local log = vim.fn.filereadable(path) == 1 and vim.fn.readfile(path) or {}
    error(("waited in vain for %s\n%s\n%s"):format(what, vim.inspect(vim.diagnostic.get()), table.concat(log, "\n")))
  end
  return result
end

--- Opens a file and waits until its client has answered `initialize`.
function M.open(path)
  vim.cmd.edit(vim.fn.fnameescape(path))
  local buffer = vim.api.nvim_get_current_buf()
  M.wait("a client on " .. path, function()
    local client = vim.lsp.get_clients({ name = "driftline", bufnr = buffer })[1]
    return client and client.initialized
  end)
  return buffer
end

local function text_of(buffer, diagnostic)
  local lines = vim.api.nvim_buf_get_text(buffer, diagnostic.lnum, diagnostic.col, diagnostic.end_lnum, diagnostic.end_col, {})
  return table.concat(lines, "\n")
end

--- The diagnostics of a buffer, as plain data: `on` is the text that is underlined.
function M.diagnostics(buffer)
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(found, {
      rule = one.code,
      level = vim.diagnostic.severity[one.severity],
      source = one.source,
      on = text_of(buffer, one),
      line = one.lnum + 1,
      message = one.message,
    })
  end
  return found
end

--- Waits for a diagnostic of `rule` in a buffer.
function M.wait_for(buffer, rule)
  return M.wait(rule .. " in " .. vim.api.nvim_buf_get_name(buffer), function()
    for _, one in ipairs(vim.diagnostic.get(buffer)) do
      if one.code == rule then
        return one
      end
    end
  end)
end

--- Waits until no buffer has a diagnostic of `rule`.
function M.wait_until_gone(rule)
  M.wait(rule .. " to go", function()
    return vim.iter(vim.diagnostic.get()):all(function(one)
      return one.code ~= rule
    end)
  end)
end

--- Puts the cursor on the beginning of a text in the current buffer.
function M.go_to(text)
  local found = vim.fn.search("\\V" .. vim.fn.escape(text, "\\"), "cw")
  assert(found > 0, text .. " is not in the buffer")
end

--- Asks for the hover of what is under the cursor, and gives the lines of the window that opens.
function M.hover()
  vim.lsp.buf.hover()
  local window = M.wait("the hover's window", function()
    for _, one in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(one).relative ~= "" then
        return one
      end
    end
  end)
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
  vim.api.nvim_win_close(window, true)
  return lines
end

--- Chooses the one quick fix under the cursor for which `wanted(title)` holds; gives its title.
function M.fix(wanted)
  local title
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      if title == nil and wanted(action.title) then
        title = action.title
        return true
      end
      return false
    end,
  })
  return M.wait("a quick fix", function()
    return title
  end)
end

--- Runs `scenario(args)` and writes what it returns, as JSON, to the file that the last argument names.
function M.run(scenario)
  local args = vim.deepcopy(_G.arg)
  local out = table.remove(args)
  M.set_up(table.remove(args, 1))
  local result = scenario(unpack(args))
  vim.fn.writefile({ vim.json.encode(result) }, out)
  for _, client in ipairs(vim.lsp.get_clients()) do
    client:stop()
  end
  M.wait("the clients to stop", function()
    return #vim.lsp.get_clients() == 0
  end)
  vim.cmd("quitall!")
end

return M
