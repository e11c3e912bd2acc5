-- Does what a page of docs/ tells its reader to do, in a copy of the project, and compares what the page promises.
--
--   lua5.4 tests/docs/run.lua PAGE.md FOLDER        FOLDER: the copy; `lisolo` must be in the PATH
--
-- Blocks that say more than their language are instructions:
--   ```lua scripts/flows/x.lua      writes the file (a second + behind the name: adds to its end)
--   ```chat tests/chat/x.chat       the same
--   ```diff scripts/flows/x.lua     changes it: the lines with a blank or - must stand there, once
--   ```console                      "$ command" is run, the lines below are what it prints: … alone is any lines, … inside
--                                   a line any words; what is printed below the last promised line must be promised too
local page, folder = arg[1], arg[2]
local passed, failed = 0, 0

local function say(ok, name, detail)
  if ok then passed = passed + 1 else failed = failed + 1 end
  print(("%s %d - %s"):format(ok and "ok" or "not ok", passed + failed, name))
  if not ok and detail then print("# " .. detail:gsub("\n", "\n# ")) end
end

local function read(path)
  local f = io.open(path, "rb")
  if not f then return nil end
  local text = f:read "a"
  f:close()
  return text
end

local function write(path, text)
  os.execute(("mkdir -p '%s'"):format(path:match "^(.*)/" or "."))
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
end

-- No-break spaces and apostrophes are folded: what is compared is the words. Colours are not printed to a pipe.
local function plain(line)
  return (line:gsub("\xc2\xa0", " "):gsub("\xe2\x80\xaf", " "):gsub("\xe2\x80\x99", "'"):gsub("%s+$", ""))
end

local function lines_of(text)
  local list = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do list[#list + 1] = line end
  while list[#list] == "" do list[#list] = nil end
  return list
end

-- ---- diff ----

local function find_all(text, part)
  local at, n, from = nil, 0, 1
  while true do
    local s = text:find(part, from, true)
    if not s then return at, n end
    at, n, from = s, n + 1, s + 1
  end
end

local function apply(path, body, name)
  local text = read(path)
  if not text then return say(false, name, path .. " does not exist") end
  local old, new = {}, {}
  for _, line in ipairs(lines_of(body)) do
    local mark, rest = line:sub(1, 1), line:sub(2)
    if mark ~= "+" then old[#old + 1] = rest end
    if mark ~= "-" then new[#new + 1] = rest end
  end
  local before, after = table.concat(old, "\n") .. "\n", table.concat(new, "\n") .. "\n"
  local at, n = find_all(text, before)
  if n ~= 1 then return say(false, name, ("these lines stand %d times in %s:\n%s"):format(n, path, before)) end
  write(path, text:sub(1, at - 1) .. after .. text:sub(at + #before))
  say(true, name)
end

-- ---- console ----

local function matches_line(pattern, line)
  local parts, from = {}, 1
  for part in (pattern .. "…"):gmatch "(.-)…" do parts[#parts + 1] = part end
  if #parts == 1 then return pattern == line end
  for i, part in ipairs(parts) do
    local first, last = line:find(part, from, true)
    if i == #parts then first, last = #line - #part + 1, #line end
    if not first or first < from or (i == 1 and first ~= 1) or line:sub(first, last) ~= part then return false end
    from = last + 1
  end
  return true
end

local function matches(wanted, got, w, g)
  w, g = w or 1, g or 1
  if w > #wanted then return g > #got end
  if wanted[w] == "…" then
    for skip = g, #got + 1 do
      if matches(wanted, got, w + 1, skip) then return true end
    end
    return false
  end
  return g <= #got and matches_line(wanted[w], got[g]) and matches(wanted, got, w + 1, g + 1)
end

local function run(command, wanted)
  local pipe = assert(io.popen(("cd '%s' && { %s\n} 2>&1"):format(folder, command), "r"))
  local got = {}
  for _, line in ipairs(lines_of(pipe:read "a")) do got[#got + 1] = plain(line) end
  pipe:close()
  while got[1] == "" do table.remove(got, 1) end
  say(matches(wanted, got), "$ " .. command, "promised:\n" .. table.concat(wanted, "\n") .. "\nprinted:\n" .. table.concat(got, "\n"))
end

local function console(body)
  local command, wanted
  for _, line in ipairs(lines_of(body)) do
    local next_command = line:match "^%$ (.*)"
    if next_command then
      if command then run(command, wanted) end
      command, wanted = next_command, {}
    elseif command then
      wanted[#wanted + 1] = plain(line)
    end
  end
  if command then
    while wanted[#wanted] == "" do wanted[#wanted] = nil end
    run(command, wanted)
  end
end

-- ---- the page ----

local text = assert(read(page), page .. " cannot be read")
for info, body in text:gmatch "\n```([^\n]*)\n(.-)\n```" do
  local language, path, more = info:match "^(%S+)%s*(%S*)%s*(%S*)"
  if language == "console" then
    console(body)
  elseif path and path ~= "" then
    local name = ("%s: %s"):format(page:match "[^/]+$", path)
    path = folder .. "/" .. path
    if language == "diff" then
      apply(path, body, name)
    else
      write(path, (more == "+" and (read(path) or "") or "") .. body .. "\n")
      say(true, name)
    end
  end
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
