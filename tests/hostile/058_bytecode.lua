Lua-- expect: refused not a text file
