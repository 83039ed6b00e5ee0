" Vim 9.1 or newer without any plugin: <C-l> in insert mode asks for a suggestion and puts it in. <Leader>n in normal mode
" makes the edit that should follow your last ones and goes there; it goes by what you changed since the first of these
" keys or commands was used. Put this into your vimrc.
" Sign in once with `copilot-lsp login` in a shell, or with :CopilotSignIn here, which shows the code to enter.
" :CopilotStatus says how it goes.

func s:Job() abort
  if exists('s:job') && job_status(s:job) ==# 'run'
    return s:job
  endif
  let s:opened = {}
  let s:job = job_start(['copilot-lsp', '--stdio'], #{in_mode: 'lsp', out_mode: 'lsp', err_io: 'null', out_cb: function('s:Heard')})
  let client = #{name: 'Vim', version: printf('%d.%d', v:version / 100, v:version % 100)}
  call ch_evalexpr(s:job, #{method: 'initialize', params: #{processId: getpid(), clientInfo: client, capabilities: {}}})
  call ch_sendexpr(s:job, #{method: 'initialized', params: {}})
  call s:Watch()
  return s:job
endfunc

" The answer to a request; an empty dictionary when there is none, and then what is wrong is shown.
func s:Ask(method, params) abort
  let reply = ch_evalexpr(s:Job(), #{method: a:method, params: a:params}, #{timeout: 10000})
  if type(reply) != v:t_dict
    call s:Say('copilot-lsp did not answer')
    return {}
  elseif has_key(reply, 'error')
    call s:Say(reply.error.message)
    return {}
  endif
  return type(reply.result) == v:t_dict ? reply.result : {}
endfunc

func s:Heard(channel, message) abort
  if get(a:message, 'method', '') ==# 'window/showMessage'
    call s:Say(a:message.params.message)
  endif
endfunc

" A popup shows it until the cursor moves: `-- INSERT --` would take the place of a message, and one of several lines
" would show only its last. Its first line stays in :messages.
func s:Say(text) abort
  let lines = split(a:text, "\n")
  call popup_close(get(s:, 'popup', -1))
  let s:popup = popup_atcursor(lines, #{moved: 'any', border: []})
  if mode() !~# '^[iR]'
    echomsg lines[0]
  endif
endfunc

func s:Uri() abort
  let path = substitute(expand('%:p'), '[^A-Za-z0-9/._~-]', {m -> s:Escaped(m[0])}, 'g')
  return 'file://' .. path
endfunc

func s:Escaped(character) abort
  return join(map(range(strlen(a:character)), {_, at -> printf('%%%02X', char2nr(strpart(a:character, at, 1)))}), '')
endfunc

" Tells of a change, once the server runs: what was changed last is all that a next edit goes by.
func s:Watch() abort
  if exists('s:job') && job_status(s:job) ==# 'run' && &buftype ==# '' && expand('%') !=# '' && line('$') < 50000
    call s:Sync(s:Uri())
  endif
endfunc

" Tells the whole text as it is now.
func s:Sync(uri) abort
  if get(s:opened, a:uri, -1) == b:changedtick
    return
  endif
  let line_end = &fileformat ==# 'dos' ? "\r\n" : "\n"
  let text = join(getline(1, '$'), line_end) .. (&endofline ? line_end : '')
  let document = #{uri: a:uri, version: b:changedtick}
  if has_key(s:opened, a:uri)
    let params = #{textDocument: document, contentChanges: [#{text: text}]}
    call ch_sendexpr(s:Job(), #{method: 'textDocument/didChange', params: params})
  else
    let params = #{textDocument: extend(document, #{languageId: &filetype, text: text})}
    call ch_sendexpr(s:Job(), #{method: 'textDocument/didOpen', params: params})
  endif
  let s:opened[a:uri] = b:changedtick
endfunc

func s:Suggest() abort
  if !executable('copilot-lsp')
    return s:Say('copilot-lsp is not on the PATH')
  endif
  let uri = s:Uri()
  call s:Job()
  call s:Sync(uri)
  let line = getline('.')
  let position = #{line: line('.') - 1, character: strutf16len(strpart(line, 0, col('.') - 1))}
  let result = s:Ask('textDocument/inlineCompletion', #{textDocument: #{uri: uri}, position: position, context: #{triggerKind: 1}})
  if !has_key(result, 'items')
    return
  elseif empty(result.items)
    return s:Say('No suggestion')
  endif
  let item = result.items[0]
  let head = strpart(line, 0, byteidx(line, item.range.start.character, v:true))
  let tail = strpart(line, byteidx(line, item.range.end.character, v:true))
  let new = split(head .. item.insertText, "\r\\?\n", v:true)
  let column = strlen(new[-1]) + 1
  let new[-1] ..= tail
  call setline('.', new[0])
  call append('.', new[1:])
  call cursor(line('.') + len(new) - 1, column)
  call s:Ask('workspace/executeCommand', #{command: item.command.command, arguments: item.command.arguments})
endfunc

func s:NextEdit() abort
  if !executable('copilot-lsp')
    return s:Say('copilot-lsp is not on the PATH')
  endif
  let uri = s:Uri()
  call s:Job()
  call s:Sync(uri)
  let character = strutf16len(strpart(getline('.'), 0, col('.') - 1))
  let document = #{uri: uri, version: b:changedtick}
  let place = #{textDocument: document, position: #{line: line('.') - 1, character: character}}
  let result = s:Ask('textDocument/copilotInlineEdit', extend(place, #{context: #{triggerKind: 1}}))
  if !has_key(result, 'edits')
    return
  elseif empty(result.edits)
    return s:Say('No next edit: ' .. get(result, 'reason', 'there is none'))
  endif
  let edit = result.edits[0]
  let [from, to] = [edit.range.start, edit.range.end]
  let last = min([to.line + 1, line('$')])
  " The server counts an empty line behind the last line end.
  let old = getline(from.line + 1, to.line + 1) + (to.line < line('$') ? [] : [''])
  let head = strpart(old[0], 0, byteidx(old[0], from.character, v:true))
  let new = split(head .. edit.text .. strpart(old[-1], byteidx(old[-1], to.character, v:true)), "\r\\?\n", v:true)
  if to.line >= line('$') && new[-1] ==# ''
    call remove(new, -1)
  endif
  call append(last, new)
  if from.line < last
    call deletebufline('%', from.line + 1, last)
  endif
  call cursor(from.line + max([len(split(edit.text, "\n")), 1]), 1)
  call cursor(0, col('$'))
  call s:Watch()
  call s:Ask('workspace/executeCommand', #{command: edit.command.command, arguments: edit.command.arguments})
endfunc

func s:Run(command) abort
  if !executable('copilot-lsp')
    return s:Say('copilot-lsp is not on the PATH')
  endif
  call s:Ask('workspace/executeCommand', #{command: a:command, arguments: []})
endfunc

inoremap <silent> <C-l> <Cmd>call <SID>Suggest()<CR>
nnoremap <silent> <Leader>n <Cmd>call <SID>NextEdit()<CR>
autocmd BufEnter,TextChanged,InsertLeave * call s:Watch()
command CopilotSignIn call s:Run('copilot.signIn')
command CopilotSignOut call s:Run('copilot.signOut')
command CopilotStatus call s:Run('copilot.status')
