--- Driftline for Neovim: which server to run, and the audit as a buffer.
local M = {}

local scripts = vim.fn.has("win32") == 1 and "Scripts" or "bin"

--- The `driftline` of the project's own virtual environment, which may stand above the folder (backend/alembic.ini, and .venv beside
--- backend). Nothing runs it unasked: who opens a file of a stranger's project must not run that project's programs.
---@param root string?
---@return string?
function M.program_of_project(root)
  for _, name in ipairs(root and { ".venv", "venv" } or {}) do
    for _, environment in ipairs(vim.fs.find(name, { path = root, upward = true, type = "directory", limit = math.huge })) do
      local program = vim.fs.joinpath(environment, scripts, "driftline")
      if vim.fn.executable(program) == 1 then
        return program
      end
    end
  end
end

--- The command line of the server: what `vim.g.driftline_command` says, else the `driftline` of the active virtual environment, else the
--- one on the PATH.
---@return string[]
function M.command()
  local named = vim.g.driftline_command
  if named then
    return type(named) == "string" and { named, "lsp" } or named
  end
  local program = vim.env.VIRTUAL_ENV and vim.fs.joinpath(vim.env.VIRTUAL_ENV, scripts, "driftline")
  return { program and vim.fn.executable(program) == 1 and program or "driftline", "lsp" }
end

--- What lsp/driftline.lua runs. Says in one sentence what is missing where there is no server.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@return vim.lsp.rpc.PublicClient
function M.start(dispatchers)
  local command = M.command()
  if vim.fn.executable(command[1]) ~= 1 then
    error(("there is no program `%s`; see :checkhealth driftline"):format(command[1]), 0)
  end
  return vim.lsp.rpc.start(command, dispatchers)
end

--- Opens the audit of the project that the current buffer belongs to, unsaved changes included, as Markdown in a new split.
function M.audit()
  local client = vim.lsp.get_clients({ name = "driftline", bufnr = 0 })[1] or vim.lsp.get_clients({ name = "driftline" })[1]
  if not client then
    vim.notify("driftline is not attached to any buffer; see :checkhealth driftline", vim.log.levels.ERROR)
    return
  end
  local folder = client.workspace_folders and client.workspace_folders[1]
  local params = { command = "driftline.audit", arguments = { folder and folder.uri or vim.NIL } }
  client:request("workspace/executeCommand", params, function(err, text)
    if err or type(text) ~= "string" then
      vim.notify("driftline: " .. (err and err.message or "there is no audit"), vim.log.levels.ERROR)
      return
    end
    vim.cmd("botright new")
    vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, "\n"))
    vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile = "nofile", "wipe", false
    vim.bo.filetype, vim.bo.modifiable = "markdown", false
  end)
end

--- Creates the migration that closes all drift of the project that the current buffer belongs to, and opens it. Why there is nothing to
--- close, the server says itself.
function M.migrate()
  local client = vim.lsp.get_clients({ name = "driftline", bufnr = 0 })[1] or vim.lsp.get_clients({ name = "driftline" })[1]
  if not client then
    vim.notify("driftline is not attached to any buffer; see :checkhealth driftline", vim.log.levels.ERROR)
    return
  end
  local params = { command = "driftline.createMigration", arguments = { vim.uri_from_bufnr(0) } }
  client:request("workspace/executeCommand", params, function(err, uri)
    if err then
      vim.notify("driftline: " .. err.message, vim.log.levels.ERROR)
    elseif type(uri) == "string" then
      vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(uri)))
    end
  end)
end

return M
