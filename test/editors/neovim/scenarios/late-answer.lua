-- A person types on while the first answer is held back; it arrives after the second is on screen.
return function(editor)
  editor.keys("2GA")
  editor.keys("slow")
  editor.wait_for_word("held")
  editor.keys("er")
  editor.wait_for("the newer ghost text", editor.ghost)
  editor.tell("newer-is-shown")
  editor.wait_for_word("released")
  local ghost = editor.wait_for("the ghost text", editor.ghost)
  editor.keys("<Tab>")
  editor.wait_for("the text in the buffer", function()
    return table.concat(editor.lines(), "\n"):find("newer%(%)")
  end)
  editor.save()
  return { ghost = ghost }
end
