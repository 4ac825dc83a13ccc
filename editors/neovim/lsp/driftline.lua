-- The configuration that `vim.lsp.enable("driftline")` picks up (Neovim 0.11 or newer).
--
-- The markers stand in the order of their priority, without groups of equal priority: the first releases of 0.11 do not
-- know those.

---@type vim.lsp.Config
return {
  cmd = function(dispatchers)
    return require("driftline").start(dispatchers)
  end,
  filetypes = { "python", "dosini", "toml" },
  root_markers = { "alembic.ini", "driftline.toml", "pyproject.toml", ".git" },
  settings = { driftline = vim.empty_dict() },
}
