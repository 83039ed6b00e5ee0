# zsh-candidates.zsh SCRIPT FOLDER LINE: what zsh offers at the end of LINE with SCRIPT loaded, one candidate a line.
# Completion needs a line editor, which needs a terminal: an interactive zsh on a pseudo-terminal is asked.

zmodload zsh/zpty
zpty asked zsh -f -i

# Candidates are printed instead of shown; calls of `compadd` that only fill arrays go through.
zpty -w asked "
PROMPT= RPROMPT=
cd $2
autoload -Uz compinit && compinit -u -D
source $1
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd \"\$@\"
    return
  fi
  local -a found
  builtin compadd -A found \"\$@\"
  builtin compadd \"\$@\"
  (( \$#found )) && print -r -- \$'\n'candidate:\${^found}
}
end-of-candidates() { print -r -- \$'\n'candidates-end; compstate[insert]= compstate[list]= }
comppostfuncs=(end-of-candidates)
zstyle ':completion:*' insert-tab false
bindkey '^I' complete-word
print ready-to-be-asked
"
zpty -r asked ignored '*'$'\n''ready-to-be-asked*'
zpty -w -n asked "$3"$'\t'
zpty -r asked output '*'$'\n''candidates-end*'
for line in "${(f)output}"; do
  for word in ${=line//$'\r'/}; do
    [[ $word == candidate:* ]] && print -r -- "${word#candidate:}"
  done
done
zpty -d asked
