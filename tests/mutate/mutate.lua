-- Do the conversation tests notice when a script is spoilt? One small change at a time, 200 in turn; each that `lisolo check`
-- accepts is played against tests/chat, and the tests must go red.
--
--   lua5.4 tests/mutate/mutate.lua LISOLO FOLDER REPORT [COUNT] [SEED]     FOLDER: a scratch copy is made there
--
-- What is changed: where a step goes, a button, a message that is said, a limit, a length of time, a word of a text.
local lisolo, folder, report = arg[1], arg[2], arg[3]
local count, seed = tonumber(arg[4] or 200), tonumber(arg[5] or 1)

local function read(path)
  local f = assert(io.open(path, "rb"))
  local text = f:read "a"
  f:close()
  return text
end

local function write(path, text)
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
end

local function run(command) return (os.execute(command .. " >/dev/null 2>&1")) == true end

local function files(pattern)
  local list, pipe = {}, assert(io.popen("ls " .. pattern))
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

-- ---- the changes ----------------------------------------------------------------------------------------------------

local all = {}

-- The bytes from..to of a file become `by`; `what` is for the report.
local function add(path, text, kind, from, to, by)
  local line = select(2, text:sub(1, from):gsub("\n", "")) + 1
  all[#all + 1] = { path = path, kind = kind, from = from, to = to, by = by, line = line, was = text:sub(from, to) }
end

-- Every `key = "value"` whose value is in `names`: it becomes the next one of them.
local function turn_names(path, text, kind, keys, names)
  for key, from, value, to in text:gmatch '([%w_]+)%s*=%s*()"([%w_.]+)"()' do
    local at = names[value]
    if at and (not keys or keys[key]) then add(path, text, kind, from, to - 1, ('"%s"'):format(names[at % #names + 1])) end
  end
end

local function names_of(text, pattern)
  local names = {}
  for name in text:gmatch(pattern) do
    if not names[name] then
      names[#names + 1] = name
      names[name] = #names
    end
  end
  return names
end

local function turn_numbers(path, text)
  for key, from, digits, to in text:gmatch "(%l+)%s*=%s*()(%d+)()" do
    local n = math.tointeger(tonumber(digits))
    local by = key == "min" and n + 3 or key == "max" and n // 2 or key == "tries" and n + 1 or key == "pages" and 1
    if by and by ~= n then add(path, text, "limit", from, to - 1, tostring(by)) end
  end
  for from, digits, unit, to in text:gmatch '()"(%d+) (%a+)"()' do
    if unit == "h" or unit == "min" then add(path, text, "time", from, to - 1, ('"%d %s"'):format(digits * 2, unit)) end
  end
end

for _, path in ipairs(files "scripts/flows/*.lua") do
  local text = read(path)
  local says = names_of(text, 'say%s*=%s*"([%w_.]+)"')
  turn_names(path, text, "step", nil, names_of(text, 'f:%l+%s*"([%w_]+)"'))
  turn_names(path, text, "message", { say = true, retry = true, outside = true }, says)
  turn_numbers(path, text)
end
for _, path in ipairs(files "scripts/templates/*.lua") do
  local text = read(path)
  -- a button goes in every language at once, else `check` would tell
  for id in pairs(names_of(text, "\n%[([%w_]+)%]")) do
    if type(id) == "string" then all[#all + 1] = { path = path, kind = "button", button = id, line = 0, was = id, by = "" } end
  end
  for from, word, to in text:gmatch "()(%a%a%a%a%a%a+)()" do
    local before = text:sub(math.max(1, from - 1), from - 1)
    local line = text:sub(1, from):match "[^\n]*$"
    if from % 7 == 0 and before == " " and not line:find "^[@%[%-]" and not line:find "=" then
      add(path, text, "word", from, to - 1, word:reverse():lower())
    end
  end
end

local function apply(change, text)
  if not change.button then return text:sub(1, change.from - 1) .. change.by .. text:sub(change.to + 1) end
  return (text:gsub("\n%[" .. change.button .. "%][^\n]*", ""))
end

-- ---- in turn --------------------------------------------------------------------------------------------------------

math.randomseed(seed)
for i = #all, 2, -1 do
  local k = math.random(i)
  all[i], all[k] = all[k], all[i]
end

assert(run(("rm -rf '%s' && mkdir -p '%s' && cp -r scripts tests/chat '%s'"):format(folder, folder, folder)))
local test = ("'%s' test --scripts '%s/scripts' '%s/chat'"):format(lisolo, folder, folder)
assert(run("CI=true " .. test), "the tests are red before anything was spoilt")

local made, noticed, missed, refused = 0, 0, {}, 0
for _, change in ipairs(all) do
  if made == count then break end
  local copy, original = folder .. "/" .. change.path, read(change.path)
  write(copy, apply(change, original))
  if run(("'%s' check '%s/scripts'"):format(lisolo, folder)) then
    made = made + 1
    if run("CI=true " .. test) then missed[#missed + 1] = change else noticed = noticed + 1 end
    if made % 20 == 0 then io.stderr:write(("%d of %d: %d noticed\n"):format(made, count, noticed)) end
  else
    refused = refused + 1
  end
  write(copy, original)
end
run(("rm -rf '%s'"):format(folder))

-- ---- the report -----------------------------------------------------------------------------------------------------

local function quote(text) return '"' .. text:gsub('[\\"]', "\\%0"):gsub("%c", " ") .. '"' end

local lines = {}
for _, m in ipairs(missed) do
  lines[#lines + 1] = ('    {"file": %s, "line": %d, "kind": %s, "was": %s, "became": %s}'):format(
    quote(m.path), m.line, quote(m.kind), quote(m.was), quote(m.by))
  print(("not noticed: %s:%d %s %s -> %s"):format(m.path, m.line, m.kind, m.was, m.by))
end
write(report, ('{\n  "mutations": %d,\n  "noticed": %d,\n  "refused_by_check": %d,\n  "seed": %d,\n  "missed": [\n%s\n  ]\n}\n'):format(
  made, noticed, refused, seed, table.concat(lines, ",\n")))
print(("%d mutations, %d noticed (%.0f %%); check refused %d others"):format(made, noticed, 100 * noticed / math.max(made, 1), refused))
os.exit(made > 0 and noticed * 10 >= made * 9)
