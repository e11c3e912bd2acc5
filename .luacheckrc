-- What a script can read, and nothing else: the sandbox has no other names (tests/lint/names.sh compares).
local function fields(names)
    local set = {}
    for name in names:gmatch("%S+") do
        set[name] = {}
    end
    return { fields = set }
end

stds.lisolo = {
    read_globals = {
        -- statements
        "flow", "commands", "menu", "on", "message", "template", "labels", "links", "use", "session", "source", "person", "shared",
        "quiet", "every",
        -- what an answer may be, and `edit`
        "text", "number", "amount", "phone", "date", "location", "photo", "audio", "document", "contact", "any", "one_of",
        "secret", "edit",
        -- values of `person`, entries of `plan`
        "boolean", "list", "after", "cancel",
        -- Lua
        "assert", "error", "ipairs", "next", "pairs", "pcall", "select", "tonumber", "tostring", "type", "fcfa",
        string = fields "byte char find format gmatch gsub len lower match rep reverse sub upper",
        table  = fields "concat insert remove sort unpack",
        math   = fields "abs ceil floor fmod max min modf sqrt tointeger type huge pi maxinteger mininteger",
        utf8   = fields "char codepoint codes len offset charpattern",
    },
}

std = "lisolo"
max_line_length = false          -- wording is written as it is sent
ignore = { "212" }               -- a function gets (c, …) whether it needs it or not

-- Scripts that attack the sandbox do everything wrong on purpose.
exclude_files = { "tests/hostile" }

-- The backend stand-in is not a customer's script: it has the whole of Lua and its host's own names.
files["core/lab"] = { std = "lua54" }

-- Nor is what runs the documentation's examples.
files["tests/docs"] = { std = "lua54" }
files["tests/mutate"] = { std = "lua54" }
