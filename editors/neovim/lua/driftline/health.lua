--- `:checkhealth driftline`.
local M = {}

function M.check()
  local health = vim.health
  health.start("driftline")
  if vim.fn.has("nvim-0.11") == 1 then
    health.ok("Neovim is new enough for vim.lsp.config and vim.lsp.enable")
  else
    health.error("Neovim 0.11 or newer is needed for vim.lsp.config and vim.lsp.enable")
    return
  end

  local command = require("driftline").command(vim.fn.getcwd())
  local program = vim.fn.exepath(command[1])
  if program == "" then
    health.error("`" .. command[1] .. "` was not found", {
      "install it: pip install driftline",
      "or name it: vim.g.driftline_command = { '/path/to/driftline', 'lsp' }",
    })
  else
    local answer = vim.system({ program, "--version" }, { text = true }):wait()
    if answer.code == 0 then
      health.ok(vim.trim(answer.stdout) .. " (" .. program .. ")")
    else
      health.error("`" .. program .. " --version` failed", { vim.trim(answer.stderr or "") })
    end
  end

  if vim.lsp.is_enabled and vim.lsp.is_enabled("driftline") then
    health.ok("enabled")
  else
    health.warn("not enabled", { "add to your configuration: vim.lsp.enable('driftline')" })
  end
  local clients = vim.lsp.get_clients({ name = "driftline" })
  for _, client in ipairs(clients) do
    local root = client.root_dir or "no folder"
    health.ok(("running for %s, %d buffer(s) attached"):format(root, vim.tbl_count(client.attached_buffers)))
  end
  if #clients == 0 then
    health.info("not running: it starts when a Python file of a project with alembic.ini is opened")
  end
end

return M
