-- A person does not like the first suggestion, looks at another and takes that one.
return function(editor)
  editor.keys("2GAto")
  editor.wait_for("the ghost text", editor.ghost)
  editor.keys("<M-]>")
  local second = editor.wait_for("the second of several", function()
    editor.keys("<M-]>")
    local ghost = editor.ghost()
    return ghost and ghost:find("%(2/3%)") and ghost
  end)
  editor.keys("<Tab>")
  editor.wait_for("the text in the buffer", function()
    return table.concat(editor.lines(), "\n"):find("total = ")
  end)
  editor.save()
  return { second = second }
end
