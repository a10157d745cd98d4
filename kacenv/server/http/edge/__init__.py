"""The edge: all that stands between a socket and the API, and what a security review must read.

A TCP connection is closed as soon as it is accepted if there are too many, in all or from its
address (connection_limit); on the Unix socket, an idle one gives way to a newer one (h11_protocol).
A head must come in time, and not be too long (h11_protocol). Every response gets the security
headers (security_headers). Then the middleware refuses, in this order: a head that can be read in
two ways; over TCP also too many requests from an address (kacenv/server/rate_limit.py), an unknown
host name, an unknown method, a request of another origin's page, a body that isn't JSON, a wrong
token (kacenv/server/auth asks the stored hashes), and what the client's role may not do (access);
then a body that is too long or too slow (middleware, request). On the Unix socket, file permissions
authorize. What comes as far is a whole request, whose client handlers get by `access_of`.
"""
