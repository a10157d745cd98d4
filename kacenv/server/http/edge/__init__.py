"""The edge: all that stands between a socket and the API, and what a security review must read.

Who may do what is one table, ROUTES in access; which requests a role may make, each of them says by
itself (`who` in kacenv/model/request_table.py).

A TCP connection is closed as soon as it is accepted if there are too many, in all or from its
address; there are places for who has logged in (connection_limit). On the Unix socket, an idle one
gives way to a newer one (h11_protocol).
A head must come in time, and not be too long (h11_protocol). Every response gets the security
headers (security_headers). Then the middleware refuses, in this order: a head that can be read in
two ways; over TCP also too many requests from an address (rate_limit), an unknown host name, an
unknown method, a request of another origin's page, a body that isn't JSON, a wrong token or cookie
(authenticator, by the hashes in credentials and login_sessions), and what the client's role may not
do (access); then a body that is too long or too slow (middleware, request). On the Unix socket,
file permissions authorize. What comes as far is a whole request, whose client handlers get by
`access_of`.
"""
