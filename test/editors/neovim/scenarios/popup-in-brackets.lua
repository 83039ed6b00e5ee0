-- A person writes between brackets that were closed already, asks for the menu, and takes the suggestion in it.
return function(editor)
  editor.keys("2G0f(a")
  editor.keys("nu")
  editor.keys("<C-Space>")
  editor.wait_for("the menu", function()
    local info = vim.fn.complete_info({ "items", "pum_visible" })
    return info.pum_visible == 1 and #info.items > 0
  end)
  editor.keys("<C-n><C-y>")
  editor.wait_for("the text in the buffer", function()
    return table.concat(editor.lines(), "\n"):find("return total")
  end)
  editor.save()
  return {}
end
