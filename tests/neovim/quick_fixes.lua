-- The two errors of fixtures/kitsu, from seeing them to their being gone: PLUGIN BACKEND OUT.
local driving = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)), "driving.lua"))

driving.run(function(backend)
  local result = {}

  local token = driving.open(backend .. "/app/models/refresh_token.py")
  driving.wait_for(token, "extra-foreign-key")
  local log = driving.open(backend .. "/app/models/audit_log.py")
  driving.wait_for(log, "missing-check")
  result.before = { token = driving.diagnostics(token), log = driving.diagnostics(log) }

  vim.api.nvim_set_current_buf(token)
  driving.go_to("user_id: Mapped")
  result.hover = driving.hover()
  result.foreign_key = driving.fix(function(title)
    return title:find("ForeignKey", 1, true) ~= nil
  end)
  driving.wait("the foreign key in the buffer", function()
    return vim.fn.search("ForeignKey(", "nw") > 0
  end)

  vim.api.nvim_set_current_buf(log)
  local problem = driving.wait_for(log, "missing-check")
  vim.api.nvim_win_set_cursor(0, { problem.lnum + 1, problem.col })
  local before = #vim.api.nvim_list_bufs()
  result.check = driving.fix(function(title)
    return title:lower():find("revision", 1, true) ~= nil or title:lower():find("migration", 1, true) ~= nil
  end)
  driving.wait("the new revision's buffer", function()
    return #vim.api.nvim_list_bufs() > before and #vim.fn.glob(backend .. "/alembic/versions/*.py", true, true) == 14
  end)

  vim.cmd("wall")
  driving.wait_until_gone("extra-foreign-key")
  driving.wait_until_gone("missing-check")
  result.after = { token = driving.diagnostics(token), log = driving.diagnostics(log) }
  return result
end)
