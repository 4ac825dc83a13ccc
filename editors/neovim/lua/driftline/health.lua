--- `:checkhealth driftline`.
local M = {}

local health = vim.health

---@param root string?
local function check_server(root)
  local driftline = require("driftline")
  local command = driftline.command()
  local program = vim.fn.exepath(command[1])
  if program == "" then
    health.error(("`%s` was not found"):format(command[1]), {
      "install Driftline where the PATH finds it, or activate the environment that has it before Neovim starts",
      "or name it: vim.g.driftline_command = { '/path/to/driftline', 'lsp' }",
    })
    local unused = driftline.program_of_project(root)
    if unused then
      health.info(("this project has its own, which is not run unasked: vim.g.driftline_command = { '%s', 'lsp' }"):format(unused))
    end
    return
  end
  local answer = vim.system({ program, "--version" }, { text = true }):wait()
  if answer.code == 0 then
    health.ok(("%s (%s)"):format(vim.trim(answer.stdout), program))
  else
    health.error(("`%s --version` failed"):format(program), { vim.trim(answer.stderr or "") })
  end
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = "driftline" })
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    local root = client.root_dir or "no folder"
    health.ok(("running for %s, attached to %d buffer%s"):format(root, buffers, buffers == 1 and "" or "s"))
  end
  if #clients == 0 then
    health.info("not running: it starts when a Python file is opened")
  end
end

function M.check()
  health.start("driftline")
  if vim.fn.has("nvim-0.11") ~= 1 then
    health.error("Neovim 0.11 or newer is needed, for vim.lsp.config and vim.lsp.enable")
    return
  end
  health.ok("Neovim is new enough")

  local client = vim.lsp.get_clients({ name = "driftline" })[1]
  check_server(client and client.root_dir or vim.fn.getcwd())

  -- Who starts the client by hand needs no vim.lsp.enable; `is_enabled` came after 0.11.0.
  if client == nil and vim.lsp.is_enabled and not vim.lsp.is_enabled("driftline") then
    health.warn("not enabled", { "add to your configuration: vim.lsp.enable('driftline')" })
  end
  check_clients()
end

return M
