-- expect: error only be used at the top
f:say 'later' { say = 'x' }
