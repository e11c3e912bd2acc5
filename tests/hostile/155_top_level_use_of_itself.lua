-- expect: refused there is no
local x = use '../../etc/passwd'
