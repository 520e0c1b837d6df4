internal import CLinux
internal import Glibc

/// An `errno` value, shown by its symbol.
package struct Errno: Error, Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// The calling thread's `errno(3)`.
    package static var current: Errno { Errno(rawValue: errno) }

    /// The symbol, such as `ECONNRESET`, or the number where the C library has none.
    package var symbol: String {
        clx_errno_name(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)"
    }

    package var description: String { "\(symbol) (\(String(cString: strerror(rawValue))))" }
}

extension Errno {
    /// No error: what errno is before anything has failed.
    package static let noError = Errno(rawValue: 0)
    package static let EPERM = Errno(rawValue: Glibc.EPERM)
    package static let ENOENT = Errno(rawValue: Glibc.ENOENT)
    package static let EINTR = Errno(rawValue: Glibc.EINTR)
    package static let EAGAIN = Errno(rawValue: Glibc.EAGAIN)
    package static let EACCES = Errno(rawValue: Glibc.EACCES)
    package static let ENODEV = Errno(rawValue: Glibc.ENODEV)
    package static let EBUSY = Errno(rawValue: Glibc.EBUSY)
    package static let EEXIST = Errno(rawValue: Glibc.EEXIST)
    package static let ENOTDIR = Errno(rawValue: Glibc.ENOTDIR)
    package static let EISDIR = Errno(rawValue: Glibc.EISDIR)
    package static let ELOOP = Errno(rawValue: Glibc.ELOOP)
    package static let EINVAL = Errno(rawValue: Glibc.EINVAL)
    package static let ENOSPC = Errno(rawValue: Glibc.ENOSPC)
    package static let EPIPE = Errno(rawValue: Glibc.EPIPE)
    package static let EDOM = Errno(rawValue: Glibc.EDOM)
    package static let EBADF = Errno(rawValue: Glibc.EBADF)
    package static let EBADMSG = Errno(rawValue: Glibc.EBADMSG)
    package static let ENOBUFS = Errno(rawValue: Glibc.ENOBUFS)
    package static let ENOTCONN = Errno(rawValue: Glibc.ENOTCONN)
    package static let EISCONN = Errno(rawValue: Glibc.EISCONN)
    package static let ENOTSOCK = Errno(rawValue: Glibc.ENOTSOCK)
    package static let EALREADY = Errno(rawValue: Glibc.EALREADY)
    package static let EINPROGRESS = Errno(rawValue: Glibc.EINPROGRESS)
    package static let EADDRINUSE = Errno(rawValue: Glibc.EADDRINUSE)
    package static let EADDRNOTAVAIL = Errno(rawValue: Glibc.EADDRNOTAVAIL)
    package static let ECONNREFUSED = Errno(rawValue: Glibc.ECONNREFUSED)
    package static let ECONNRESET = Errno(rawValue: Glibc.ECONNRESET)
    package static let ECONNABORTED = Errno(rawValue: Glibc.ECONNABORTED)
    package static let ETIMEDOUT = Errno(rawValue: Glibc.ETIMEDOUT)
    package static let EOPNOTSUPP = Errno(rawValue: Glibc.EOPNOTSUPP)
    package static let EHOSTUNREACH = Errno(rawValue: Glibc.EHOSTUNREACH)
    package static let ENETUNREACH = Errno(rawValue: Glibc.ENETUNREACH)
    package static let ENOPROTOOPT = Errno(rawValue: Glibc.ENOPROTOOPT)
}

/// A system call that failed: which one, on what, and why.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    /// The call and its subject, such as `open /proc/net/tcp`.
    package let call: String
    package let errno: Errno
    /// What the kernel added in words (netlink extended acknowledgement), if anything.
    package let detail: String?

    package init(_ call: String, _ errno: Errno = .current, detail: String? = nil) {
        self.call = call
        self.errno = errno
        self.detail = detail
    }

    package var description: String {
        "\(call): \(errno)" + (detail.map { "; the kernel says: \($0)" } ?? "")
    }
}

/// The symbol of a signal, such as `SIGPIPE`.
package func signalSymbol(_ number: Int32) -> String {
    clx_signal_name(number).map { "SIG" + String(cString: $0) } ?? "signal \(number)"
}

/// Turns the shim's convention (a negative errno is failure) into a thrown error.
@discardableResult
package func check(_ result: Int32, _ call: @autoclosure () -> String) throws(SystemError) -> Int32 {
    guard result < 0 else { return result }
    throw SystemError(call(), Errno(rawValue: -result))
}
