-- `:checkhealth driftline` where the server that would run does not: PLUGIN BACKEND OUT.
local driving = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)), "driving.lua"))

driving.run(function(backend)
  vim.cmd.cd(vim.fn.fnameescape(backend))
  vim.cmd("checkhealth driftline")
  local failing = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.g.driftline_command = { "there-is-no-such-program", "lsp" }
  vim.cmd("checkhealth driftline")
  return { failing = failing, missing = vim.api.nvim_buf_get_lines(0, 0, -1, false) }
end)
