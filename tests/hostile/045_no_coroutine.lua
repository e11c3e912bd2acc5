-- expect: refused 'coroutine' is not defined
local x = coroutine
