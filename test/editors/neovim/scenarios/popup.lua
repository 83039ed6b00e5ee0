-- A person types, asks for the menu, and takes the suggestion in it.
return function(editor)
  editor.keys("2GA")
  editor.keys("to")
  editor.keys("<C-Space>")
  local entries = editor.wait_for("the menu", function()
    local info = vim.fn.complete_info({ "items", "pum_visible" })
    return info.pum_visible == 1 and #info.items > 0 and info.items
  end)
  editor.keys("<C-n><C-y>")
  editor.wait_for("the text in the buffer", function()
    return table.concat(editor.lines(), "\n"):find("return total")
  end)
  editor.save()
  return { entry = entries[1].abbr }
end
