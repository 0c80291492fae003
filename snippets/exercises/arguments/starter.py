"""What does a page find in its request? Each request is a whole one; `form` is the body of a request with
`Content-Type: application/x-www-form-urlencoded` and the right length.

    A   GET /?a=1&b=&a=2&c
    B   GET /?q=salt+%2B+pepper;page=2
    C   POST /?x=1&y=2      form: x=3&x=4
    D   PUT /?x=1           form: y=2
    E   GET /one+two/three%2Ffour

The root of the site is a leaf. Write a value in the place of each `...`: lists of bytes, as in [b"a", b"b"]. Names
are to stand in alphabetical order. Nothing here is run.
"""

a_names = ...  # the names in request.args of A
a_values = ...  # request.args[b"a"] of A
b_values = ...  # request.args[b"q"] of B
c_names = ...  # the names in request.args of C
c_values = ...  # request.args[b"x"] of C
d_names = ...  # the names in request.args of D
segments = ...  # request.postpath of E
