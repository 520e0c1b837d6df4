internal import CLinux
internal import Glibc

/// Numbers of socket(2), by their symbols.
package enum SocketSymbol {
    package static let AF_INET = Glibc.AF_INET
    package static let AF_INET6 = Glibc.AF_INET6
    package static let SOCK_STREAM = stream
    package static let SOCK_NONBLOCK = nonBlocking
    package static let SOCK_CLOEXEC = closedOnExec
    package static let IPPROTO_TCP = tcp
    /// Since Linux 5.6; the C library of the machine may be older.
    package static let IPPROTO_MPTCP: Int32 = 262
}

// Enumerators of C have no module before their names, and inside the type the names would be its own.
private let stream = Int32(SOCK_STREAM.rawValue)
private let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
private let closedOnExec = Int32(SOCK_CLOEXEC.rawValue)
private let tcp = Int32(IPPROTO_TCP)
