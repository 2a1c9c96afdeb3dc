# bash completion for qvm-filterproxy. What may stand where, the program says
# itself, quoted for the place; nothing of it is evaluated here.

_qvm_filterproxy()
{
    local kind
    COMPREPLY=()
    {
        read -r kind
        mapfile -t COMPREPLY
    } < <(timeout 3 qvm-filterproxy --complete-words bash \
        "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    if [ "$kind" = files ]; then
        compopt -o default
    fi
}

complete -F _qvm_filterproxy qvm-filterproxy
