-- Files that come, change and go behind the editor's back, as with `git checkout`: PLUGIN BACKEND OUT.
local driving = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)), "driving.lua"))

local REVISION = [[
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade():
    op.create_check_constraint(
        op.f("ck_audit_logs_valid_actor_type"), "audit_logs", "actor_type IN ('user', 'system', 'anonymous')"
    )
]]

local function save()
  vim.cmd("silent write!")
end

driving.run(function(backend)
  local revision = backend .. "/alembic/versions/0014_by_somebody_else.py"
  local token_path = backend .. "/app/models/refresh_token.py"
  local log = driving.open(backend .. "/app/models/audit_log.py")
  driving.wait_for(log, "missing-check")

  vim.fn.writefile(vim.split(REVISION, "\n"), revision)
  save()
  driving.wait_until_gone("missing-check")

  vim.fn.delete(revision)
  save()
  driving.wait_for(log, "missing-check")

  -- A file that is not open any more, with its diagnostics, goes away.
  local token = driving.open(token_path)
  driving.wait_for(token, "extra-foreign-key")
  vim.cmd("buffer " .. log)
  vim.cmd("bwipeout! " .. token)
  local text = vim.fn.readfile(backend .. "/app/models/__init__.py")
  vim.fn.delete(token_path)
  vim.fn.writefile(
    vim.tbl_filter(function(line)
      return not line:find("RefreshToken", 1, true)
    end, text),
    backend .. "/app/models/__init__.py"
  )
  save()
  driving.wait_until_gone("extra-foreign-key")
  return { left = driving.diagnostics(log) }
end)
