-- A person changes their mind while the first answer is held back; it is let go after the second is on screen.
return function(editor)
  editor.keys("2GA")
  editor.keys("slow")
  editor.wait_for_word("held")
  -- Typing on would join the answer that is under way; taking a letter back asks anew.
  editor.keys("<BS>er")
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
