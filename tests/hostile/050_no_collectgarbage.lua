-- expect: refused 'collectgarbage' is not defined
local x = collectgarbage
