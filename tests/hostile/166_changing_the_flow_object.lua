-- expect: error only be used at the top
f.start = 'ailleurs'
