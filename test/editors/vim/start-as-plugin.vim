" Starts the server as copilot.vim starts what g:copilot_command names, says what the plugin says first, and writes what
" the server answers.

let s:command = type(g:copilot_command) == v:t_list ? g:copilot_command : [expand(g:copilot_command)]
if !filereadable(s:command[0])
  throw s:command[0] .. ' cannot be read'
endif
let s:node = s:command[0] =~# '\.js$' ? ['node'] : []
let s:job = job_start(s:node + s:command + ['--stdio'], #{in_mode: 'lsp', out_mode: 'lsp', err_io: 'null'})

func s:Ask(method, params) abort
  return ch_evalexpr(s:job, #{method: a:method, params: a:params}, #{timeout: 20000})
endfunc

let s:answers = []
call add(s:answers, s:Ask('initialize', json_decode(join(readfile($INITIALIZE), "\n"))))
call ch_sendexpr(s:job, #{method: 'initialized', params: {}})
call add(s:answers, s:Ask('checkStatus', {}))
call add(s:answers, s:Ask('getVersion', {}))
call add(s:answers, job_info(s:job).process)
call writefile([json_encode(s:answers)], $ANSWERS)
" The plugin does not shut the server down: Vim ends, and with it the input.
qall!
