-- `:checkhealth driftline` and the audit, beside a running client: PLUGIN BACKEND OUT.
local driving = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)), "driving.lua"))

local function lines_of(buffer)
  return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

driving.run(function(backend)
  local log = driving.open(backend .. "/app/models/audit_log.py")
  driving.wait_for(log, "missing-check")

  vim.cmd("checkhealth driftline")
  local health = lines_of(0)
  vim.cmd("buffer " .. log)

  require("driftline").audit()
  local audit = driving.wait("the audit", function()
    return vim.bo.filetype == "markdown" and vim.bo.buftype == "nofile" and lines_of(0)
  end)
  return { health = health, audit = audit, modifiable = vim.bo.modifiable }
end)
