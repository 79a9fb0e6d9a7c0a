// Asio's TLS parts, compiled once; the rest of Asio is in net/asio_impl.cpp.
#include <boost/asio/ssl/impl/src.hpp>
