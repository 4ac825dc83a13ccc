-- The configuration that `vim.lsp.enable("driftline")` picks up (Neovim 0.11 or newer).
--
-- `:DriftlineAudit` is no business of the client: the server offers the command `driftline.audit`, and
-- `require("driftline").audit()` opens its answer.

---@type vim.lsp.Config
return {
  cmd = function(dispatchers, config)
    return vim.lsp.rpc.start(require("driftline").command(config and config.root_dir), dispatchers)
  end,
  filetypes = { "python", "dosini", "toml" },
  root_markers = { { "alembic.ini", "driftline.toml" }, "pyproject.toml", ".git" },
  settings = { driftline = {} },
}
