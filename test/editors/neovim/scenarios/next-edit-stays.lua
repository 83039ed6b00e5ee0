-- A person renames a field, goes on typing at another place while the edit is on screen, makes it, takes it back while
-- the next one is on screen, and changes the line of that one.
return function(editor)
  local drawn = 0
  local function marks()
    local namespace = vim.api.nvim_get_namespaces()["copilot_lsp.next_edit"]
    return vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, {})
  end
  local set = vim.api.nvim_buf_set_extmark
  vim.api.nvim_buf_set_extmark = function(buf, namespace, row, col, options)
    if namespace == vim.api.nvim_get_namespaces()["copilot_lsp.next_edit"] and options.virt_text then
      drawn = drawn + 1
    end
    return set(buf, namespace, row, col, options)
  end
  editor.keys("2Gwcwpx<Esc>")
  editor.wait_for("the edit", function()
    return #marks() > 0
  end)
  editor.keys("3GA ")
  for key in ("// a note, typed"):gmatch(".") do
    editor.keys(key)
    editor.pause(60)
  end
  editor.pause(1200)
  local is_there = #marks() > 0
  local drawn_while_typing = drawn
  editor.keys("<Esc><Tab><Tab>")
  editor.wait_for("the next edit", function()
    return #marks() > 0 and marks()[1][2] == 5
  end)
  drawn = 0
  editor.keys("u")
  editor.pause(600)
  local row_after_undo, drawn_by_undo = marks()[1] and marks()[1][2], drawn
  editor.keys("6GA!<Esc>")
  return {
    drawnWhileTyping = drawn_while_typing,
    isThereAfterTyping = is_there,
    rowAfterUndo = row_after_undo,
    drawnByUndo = drawn_by_undo,
    isThereAfterChange = #marks() > 0,
  }
end
