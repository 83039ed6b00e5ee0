-- Next edits for Neovim 0.11 or newer: what should change next because of what was changed last, shown where it belongs.
-- Put this file into ~/.config/nvim/plugin/, beside the configuration that starts the server.
-- <Tab> goes to the edit and, pressed there, makes it; <Esc> in normal mode sends it away. Without an edit on screen both
-- keys are what they were. :CopilotNextEdit asks by hand, and says why there is none.

local api, rest_ms = vim.api, 100
local marks = api.nvim_create_namespace("copilot_lsp.next_edit")
local pointer = api.nvim_create_namespace("copilot_lsp.next_edit.pointer")
local timer = assert(vim.uv.new_timer())
local shown -- the edit on screen
local asking -- { client, id } of the request under way

for name, link in pairs({ Add = "DiffAdd", Delete = "DiffDelete", Pointer = "Comment" }) do
  api.nvim_set_hl(0, "CopilotNextEdit" .. name, { link = link, default = true })
end

-- Hunks { first old, count, first new, count }; where a count is 0, the first is the one before.
local function diff(old, new)
  local function text(list)
    return #list == 0 and "" or table.concat(list, "\n") .. "\n"
  end
  return (vim.text.diff or vim.diff)(text(old), text(new), { result_type = "indices" })
end

-- Names, and each other character.
local function words(line)
  local list, at = {}, 1
  while at <= #line do
    local _, stop = line:find("^[%w_\128-\255]+", at)
    table.insert(list, line:sub(at, stop or at))
    at = (stop or at) + 1
  end
  return list
end

-- What changes inside a line, as { from, to, text }; nil when little of the line stays.
local function changes_in(old, new)
  local a, b, changes, changed = words(old), words(new), {}, 0
  for _, hunk in ipairs(diff(a, b)) do
    local first, count, new_first, new_count = unpack(hunk)
    local from = #table.concat(a, "", 1, count == 0 and first or first - 1)
    local to = from + #table.concat(a, "", first, first + count - 1)
    local text = table.concat(b, "", new_first, new_first + new_count - 1)
    table.insert(changes, { from = from, to = to, text = text })
    changed = changed + to - from + #text
  end
  local is_insertion = #changes == 1 and changes[1].from == changes[1].to
  return (is_insertion or changed * 2 <= #old + #new) and changes or nil
end

-- The edit's lines as they are and as they will be. The server counts an empty line behind the last line end.
local function lines_of(buf, encoding, edit)
  local first, last = edit.range.start, edit.range["end"]
  local line_count = api.nvim_buf_line_count(buf)
  local row, is_behind_last = math.min(first.line, line_count - 1), last.line >= line_count
  local old = api.nvim_buf_get_lines(buf, row, last.line + 1, false)
  old[#old + 1] = is_behind_last and "" or nil
  local at = first.line - row + 1
  local before = vim.list_slice(old, 1, at)
  before[at] = old[at]:sub(1, vim.str_byteindex(old[at], encoding, first.character, false))
  local after = old[#old]:sub(vim.str_byteindex(old[#old], encoding, last.character, false) + 1)
  local text = vim.bo[buf].fileformat == "unix" and edit.text or edit.text:gsub("\r\n?", "\n")
  local new = vim.split(table.concat(before, "\n") .. text .. after, "\n", { plain = true })
  if is_behind_last then
    table.remove(old)
    new[#new] = new[#new] ~= "" and new[#new] or nil
  end
  return row, old, new
end

-- Hunks of lines, those with the same lines before and after one by one: { ..., what changes inside the line }.
local function hunks_of(old, new)
  local hunks = {}
  for _, hunk in ipairs(diff(old, new)) do
    local first, count, new_first, new_count = unpack(hunk)
    local lines = {}
    for index = 0, count == new_count and count - 1 or -1 do
      local changes = changes_in(old[first + index], new[new_first + index])
      table.insert(lines, changes and { first + index, 1, new_first + index, 1, changes })
    end
    vim.list_extend(hunks, #lines == count and count > 0 and lines or { hunk })
  end
  return hunks
end

-- Draws it, and notes where it begins and where the cursor belongs afterwards, as { rows below `row`, bytes }.
local function draw(edit)
  local function mark(line, col, options)
    edit.start = edit.start or { line - 1, col }
    options.strict, options.undo_restore = false, false
    api.nvim_buf_set_extmark(edit.buf, marks, edit.row + line - 1, col, options)
  end
  local tab = (" "):rep(vim.bo[edit.buf].tabstop)
  for _, hunk in ipairs(edit.hunks) do
    local first, count, new_first, new_count, changes = unpack(hunk)
    local last = new_first + new_count - 1
    edit.finish = { math.max(last - 1, 0), new_count > 0 and #edit.new[last] or 0 }
    for _, change in ipairs(changes or {}) do
      mark(first, change.from, { end_col = change.to, hl_group = "CopilotNextEditDelete" })
      mark(first, change.to, { virt_text = { { change.text, "CopilotNextEditAdd" } }, virt_text_pos = "inline" })
      edit.finish[2] = #edit.new[last] - (#edit.old[first] - change.to)
    end
    if not changes and count > 0 then
      mark(first, 0, { end_row = edit.row + first - 1 + count, hl_group = "CopilotNextEditDelete", hl_eol = true })
    end
    if not changes and new_count > 0 then
      local lines = vim.tbl_map(function(line)
        return { { line:gsub("\t", tab), "CopilotNextEditAdd" } }
      end, vim.list_slice(edit.new, new_first, last))
      local above = first + count == 0
      if above and vim.fn.line("w0") == 1 then
        vim.fn.winrestview({ topfill = #lines })
      end
      mark(above and 1 or first + math.max(count - 1, 0), 0, { virt_lines = lines, virt_lines_above = above })
    end
  end
end

-- The row that its lines are at now; nil when they have changed.
local function row_now()
  local row = shown and api.nvim_buf_get_extmark_by_id(shown.buf, marks, shown.mark, {})[1]
  local lines = row and api.nvim_buf_get_lines(shown.buf, row, row + #shown.old, false)
  return lines and vim.deep_equal(lines, shown.old) and row or nil
end

-- Says at the cursor where the edit is when it is out of sight.
local function point()
  api.nvim_buf_clear_namespace(0, pointer, 0, -1)
  local row = shown and shown.buf == api.nvim_get_current_buf() and row_now()
  local line = row and row + shown.start[1] + 1
  if line and (line < vim.fn.line("w0") or line > vim.fn.line("w$") or vim.fn.foldclosed(line) > 0) then
    local text = { { ("  next edit: line %d"):format(line), "CopilotNextEditPointer" } }
    api.nvim_buf_set_extmark(0, pointer, vim.fn.line(".") - 1, 0, { virt_text = text })
  end
end

local take_keys

-- `outcome`: Accept, Reject, or Ignore.
local function hide(outcome)
  local edit = shown
  if edit then
    shown = nil
    edit.give_keys_back()
    api.nvim_buf_clear_namespace(edit.buf, marks, 0, -1)
    api.nvim_buf_clear_namespace(edit.buf, pointer, 0, -1)
    local command = ("github.copilot.did%sNextEditSuggestionItem"):format(outcome)
    local params = { command = command, arguments = edit.command.arguments }
    edit.client:request("workspace/executeCommand", params, function() end)
  end
end

local function is_ghost_shown()
  local ghosts = api.nvim_get_namespaces()["nvim.lsp.inline_completion"]
  return ghosts and #api.nvim_buf_get_extmarks(0, ghosts, 0, -1, { limit = 1 }) > 0
end

local function show(buf, client, edit)
  local row, old, new = lines_of(buf, client.offset_encoding, edit)
  if row_now() == row and vim.deep_equal(shown.new, new) and vim.deep_equal(shown.command, edit.command) then
    shown.textDocument = edit.textDocument -- Drawn anew it would flicker.
    return
  end
  hide("Ignore")
  local hunks, cursor = hunks_of(old, new), api.nvim_win_get_cursor(0)[1] - 1
  if #hunks == 0 or is_ghost_shown() and cursor >= row and cursor < row + #old then
    return
  end
  shown = vim.tbl_extend("error", edit, { buf = buf, client = client, row = row, old = old, new = new, hunks = hunks })
  draw(shown)
  -- An undo would put it where another one with its number was.
  shown.mark = api.nvim_buf_set_extmark(buf, marks, row, 0, { undo_restore = false })
  shown.give_keys_back = take_keys(buf)
  point()
  client:notify("textDocument/didShowInlineEdit", { item = { command = edit.command } })
end

local function cancel()
  timer:stop()
  if asking and asking.id then
    asking.client:cancel_request(asking.id)
  end
  asking = nil
end

local function ask(is_by_hand)
  cancel()
  local buf = api.nvim_get_current_buf()
  local client = vim.iter(vim.lsp.get_clients({ bufnr = buf })):find(function(client)
    return client.name:find("copilot") ~= nil
  end)
  if not client or not vim.bo[buf].modifiable then
    return
  end
  local version = vim.lsp.util.buf_versions[buf]
  if shown and shown.textDocument.version == version and not is_by_hand then
    return
  end
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.textDocument.version = version
  params.context = { triggerKind = is_by_hand and 1 or 2, tellsDismissals = true }
  local this = { client = client }
  asking = this
  local function take(_, result)
    if asking ~= this then
      return
    end
    asking = nil
    local reason = not result and "the server failed" or result.reason or "it changes nothing"
    local edit = result and result.edits[1]
    if vim.lsp.util.buf_versions[buf] ~= version then
      return
    elseif reason == "late" then
      timer:start(rest_ms, 0, vim.schedule_wrap(ask))
    elseif edit and edit.textDocument.version == version and edit.textDocument.uri == params.textDocument.uri then
      show(buf, client, edit)
    else
      hide("Ignore")
    end
    if is_by_hand and not shown then
      vim.notify("No next edit: " .. reason)
    end
  end
  _, this.id = client:request("textDocument/copilotInlineEdit", params, take, buf)
end

local function make(row)
  local edit = shown
  vim.bo.undolevels = vim.bo.undolevels -- An undo step of its own.
  for index = #edit.hunks, 1, -1 do
    local first, count, new_first, new_count = unpack(edit.hunks[index])
    local start = row + first - (count > 0 and 1 or 0)
    local lines = vim.list_slice(edit.new, new_first, new_first + new_count - 1)
    api.nvim_buf_set_lines(0, start, start + count, true, lines)
  end
  vim.bo.undolevels = vim.bo.undolevels
  api.nvim_win_set_cursor(0, { math.min(row + edit.finish[1] + 1, api.nvim_buf_line_count(0)), edit.finish[2] })
  hide("Accept")
  ask()
end

local function go_to(line)
  vim.cmd("mark '")
  vim.cmd(("silent! %dfoldopen!"):format(line))
  if line < vim.fn.line("w0") or line > vim.fn.line("w$") then
    vim.fn.winrestview({ topline = math.max(1, line - math.floor(api.nvim_win_get_height(0) / 2)) })
  end
  api.nvim_win_set_cursor(0, { line, shown.start[2] })
  shown.is_reached = true
end

-- Answers whether the key has done its work.
local function on_tab()
  local row, cursor, col = row_now(), unpack(api.nvim_win_get_cursor(0))
  local line = row and row + shown.start[1] + 1
  local is_there = row and cursor >= line and cursor <= row + #shown.old
  if not row then
    return false
  elseif vim.fn.mode() == "i" then
    local is_indent = not api.nvim_get_current_line():sub(1, col):find("%S")
    local is_other = is_ghost_shown() or vim.fn.pumvisible() == 1 or vim.snippet.active({ direction = 1 })
    if is_other or is_indent and not is_there and not shown.is_reached then
      return false
    end
  end
  if is_there then
    make(row)
  else
    go_to(line)
  end
  return true
end

local function on_escape()
  hide("Reject")
end

-- As mappings of the buffer, while an edit is on screen: whatever the keys do otherwise is untouched.
take_keys = function(buf)
  local undo = {}
  for _, entry in ipairs({ { "n", "<Tab>", on_tab }, { "i", "<Tab>", on_tab }, { "n", "<Esc>", on_escape } }) do
    local mode, key, act = unpack(entry)
    local before = vim.fn.maparg(key, mode, false, true)
    local function press()
      if act() then
        return
      end
      local edit = shown
      if edit then
        edit.give_keys_back()
        vim.schedule(function()
          edit.give_keys_back = edit == shown and take_keys(buf) or edit.give_keys_back
        end)
      end
      api.nvim_feedkeys(vim.keycode(key), "mi", false)
    end
    vim.keymap.set(mode, key, press, { buffer = buf, desc = "Next edit" })
    table.insert(undo, function()
      pcall(vim.keymap.del, mode, key, { buffer = buf })
      if before.buffer == 1 then
        api.nvim_buf_call(buf, function()
          vim.fn.mapset(before)
        end)
      end
    end)
  end
  return function()
    while #undo > 0 do
      table.remove(undo)()
    end
  end
end

local group = api.nvim_create_augroup("copilot_lsp.next_edit", {})
local function on(events, act)
  api.nvim_create_autocmd(events, { group = group, callback = act })
end
on({ "TextChanged", "TextChangedI", "TextChangedP" }, function()
  if shown and not row_now() then
    hide("Ignore")
  end
end)
on({ "TextChanged", "TextChangedI", "CompleteDone", "InsertLeave", "BufEnter" }, function()
  timer:start(rest_ms, 0, vim.schedule_wrap(ask))
end)
on({ "CursorMoved", "CursorMovedI", "WinScrolled" }, point)
on({ "BufLeave", "LspDetach" }, function()
  cancel()
  hide("Ignore")
end)

api.nvim_create_user_command("CopilotNextEdit", function()
  ask(true)
end, { desc = "Ask for the next edit" })
