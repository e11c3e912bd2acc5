-- expect: error only be used at the top
message 'x' { fr = 'x' }
