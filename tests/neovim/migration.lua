-- The migration that closes all drift, made by the plug-in's function: PLUGIN BACKEND OUT.
local driving = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)), "driving.lua"))

driving.run(function(backend)
  local log = driving.open(backend .. "/app/models/audit_log.py")
  driving.wait_for(log, "missing-check")

  require("driftline").migrate()
  local opened = driving.wait("the new revision", function()
    local name = vim.api.nvim_buf_get_name(0)
    return name:find("/versions/0014_", 1, true) and name
  end)
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  driving.wait("the drift to go", function()
    return #vim.tbl_filter(function(one)
      return one.code == "missing-check"
    end, vim.diagnostic.get(log)) == 0
  end)
  return { opened = opened, text = text, left = driving.diagnostics(log) }
end)
