-- expect: error boum
local function check() error('boum', 2) end
check()
