--- Driftline for Neovim: which server to run, and the audit as a buffer.
local M = {}

--- The command line of the server for a project in `root`: what `vim.g.driftline_command` says, else the `driftline` of the project's
--- own virtual environment, else the one on the PATH.
---@param root string?
---@return string[]
function M.command(root)
  if vim.g.driftline_command then
    return vim.g.driftline_command
  end
  for _, folder in ipairs({ vim.env.VIRTUAL_ENV or "", root and root .. "/.venv" or "", root and root .. "/venv" or "" }) do
    local program = folder .. "/bin/driftline"
    if folder ~= "" and vim.fn.executable(program) == 1 then
      return { program, "lsp" }
    end
  end
  return { "driftline", "lsp" }
end

--- Opens the audit of the project that the current buffer belongs to, as Markdown in a new split.
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
    vim.bo.buftype, vim.bo.bufhidden, vim.bo.filetype, vim.bo.modifiable = "nofile", "wipe", "markdown", false
  end)
end

return M
