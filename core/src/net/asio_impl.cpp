// The one unit in which Asio and Beast are compiled; everywhere else they are declarations.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
