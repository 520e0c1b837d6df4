" Vim syntax of tcpwitness's sequences: copy it to ~/.vim/syntax/, and have
"   autocmd BufRead,BufNewFile *.tcp setfiletype tcpwitness
" in your vimrc.
if exists("b:current_syntax") | finish | endif

syntax match   tcpwitnessComment  "\(^\|\s\)#.*$"
syntax region  tcpwitnessText     start=+"+ skip=+\\.+ end=+"+ contains=tcpwitnessEscape
syntax match   tcpwitnessEscape   "\\\(x\x\x\|[nrt\"\\]\)" contained
syntax match   tcpwitnessHeader   "^\s*\(id\|claim\|cites\|link\|sysctl\|scaled\|timer\|alone\|ipv6\|rests\)\>"
syntax match   tcpwitnessStep     "^\s*\(step\|chapter\)\>.*$"
syntax match   tcpwitnessLoop     "^\s*\(for\|over both\|end\)\>"
syntax match   tcpwitnessSubject  "^\s*\(wire\|connect\|process\|peer of\|A\|B\|wait\|moment\|lasts\)\>"
syntax keyword tcpwitnessState    ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING
syntax match   tcpwitnessSymbol   "\<\(E[A-Z0-9]\{3,}\|SIG[A-Z0-9]\+\|SHUT_[A-Z]\+\|MSG_[A-Z|_]\+\|SO_[A-Z]\+\|TCP_[A-Z0-9_]\+\)\>"
syntax match   tcpwitnessTime     "\<\d\+\(\.\d\+\)\?\(ns\|us\|ms\|s\|min\|h\)\>"
syntax match   tcpwitnessVariable "\$\w\+"
syntax match   tcpwitnessOutcome  "->"

highlight default link tcpwitnessComment  Comment
highlight default link tcpwitnessText     String
highlight default link tcpwitnessEscape   SpecialChar
highlight default link tcpwitnessHeader   PreProc
highlight default link tcpwitnessStep     Title
highlight default link tcpwitnessLoop     Repeat
highlight default link tcpwitnessSubject  Identifier
highlight default link tcpwitnessState    Type
highlight default link tcpwitnessSymbol   Constant
highlight default link tcpwitnessTime     Number
highlight default link tcpwitnessVariable Identifier
highlight default link tcpwitnessOutcome  Operator
let b:current_syntax = "tcpwitness"
