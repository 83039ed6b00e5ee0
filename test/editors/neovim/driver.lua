-- Drives Neovim as a person does: keys go through the input queue, and what the screen shows is read from the extmarks.
-- The scenario is a Lua file that returns function(editor); its answer is written as JSON.

local scenario = dofile(vim.env.SCENARIO)
local answer_path = vim.env.ANSWER

local function finish(answer)
  local file = assert(io.open(answer_path, "w"))
  file:write(vim.json.encode(answer))
  file:close()
  vim.cmd("qa!")
end

local editor = {}

function editor.pause(ms)
  local thread = coroutine.running()
  vim.defer_fn(function()
    local ok, problem = coroutine.resume(thread)
    if not ok then
      finish({ problem = tostring(problem) })
    end
  end, ms)
  coroutine.yield()
end

-- Waits until probe() answers something true, and answers it.
function editor.wait_for(what, probe)
  for _ = 1, 600 do
    local found = probe()
    if found then
      return found
    end
    editor.pause(20)
  end
  error("waited in vain for " .. what .. "\n" .. vim.inspect(editor.lines()))
end

function editor.keys(keys)
  vim.api.nvim_input(keys)
  editor.pause(20)
end

function editor.lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

-- The ghost text that is on screen: the rest of the line, then the lines below; nil when there is none.
function editor.ghost()
  local namespace = vim.api.nvim_get_namespaces()["nvim.lsp.inline_completion"]
  if not namespace then
    return nil
  end
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
    local details = mark[4]
    local function text_of(chunks)
      local text = ""
      for _, chunk in ipairs(chunks or {}) do
        text = text .. chunk[1]
      end
      return text
    end
    local rows = { text_of(details.virt_text) }
    for _, line in ipairs(details.virt_lines or {}) do
      table.insert(rows, text_of(line))
    end
    local whole = table.concat(rows, "\n")
    if whole:match("%S") then
      return whole
    end
  end
  return nil
end

-- Questions are not among Neovim's messages.
local questions = {}
local select = vim.ui.select
function vim.ui.select(choices, options, on_choice)
  table.insert(questions, options.prompt or "")
  return select(choices, options, on_choice)
end

-- All that the person was told and asked.
function editor.messages()
  return vim.fn.execute("messages") .. "\n" .. table.concat(questions, "\n")
end

-- The test and the scenario tell each other how far they are by files in the home.
function editor.tell(what)
  assert(io.open(vim.env.HOME .. "/" .. what, "w")):close()
end

function editor.wait_for_word(what)
  editor.wait_for("the test to say " .. what, function()
    return vim.uv.fs_stat(vim.env.HOME .. "/" .. what)
  end)
end

function editor.save()
  editor.keys("<Esc>:w<CR>")
  editor.wait_for("the file on disk", function()
    return not vim.bo.modified
  end)
end

function editor.client()
  return vim.iter(vim.lsp.get_clients()):find(function(client)
    return client.name:find("copilot") ~= nil
  end)
end

-- The server is attached first and what draws its ghost text a moment later, by this event.
local is_attached = false
vim.api.nvim_create_autocmd("LspAttach", {
  callback = function()
    vim.schedule(function()
      is_attached = true
    end)
  end,
})

vim.api.nvim_create_autocmd("VimEnter", {
  callback = function()
    coroutine.wrap(function()
      -- Nobody types before the window is drawn; Neovim asks nothing about keys that came before the server did.
      pcall(editor.wait_for, "the language server", function()
        local client = editor.client()
        return is_attached and client and client.initialized
      end)
      local ok, answer = xpcall(scenario, debug.traceback, editor)
      finish(ok and { answer = answer or vim.empty_dict() } or { problem = tostring(answer) })
    end)()
  end,
})
