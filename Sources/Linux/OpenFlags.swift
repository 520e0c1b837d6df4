internal import CLinux
internal import Glibc

/// How open(2) opens a file, by the symbols of its manual page; close-on-exec is always added.
package struct OpenFlags: OptionSet, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let O_RDONLY = OpenFlags(rawValue: Glibc.O_RDONLY)
    package static let O_WRONLY = OpenFlags(rawValue: Glibc.O_WRONLY)
    package static let O_RDWR = OpenFlags(rawValue: Glibc.O_RDWR)
    package static let O_CREAT = OpenFlags(rawValue: Glibc.O_CREAT)
    package static let O_TRUNC = OpenFlags(rawValue: Glibc.O_TRUNC)
    package static let O_EXCL = OpenFlags(rawValue: Glibc.O_EXCL)
    package static let O_NOCTTY = OpenFlags(rawValue: Glibc.O_NOCTTY)
    package static let O_NOFOLLOW = OpenFlags(rawValue: Glibc.O_NOFOLLOW)
    package static let O_NONBLOCK = OpenFlags(rawValue: Glibc.O_NONBLOCK)
    package static let O_DIRECTORY = OpenFlags(rawValue: Glibc.O_DIRECTORY)
    package static let O_TMPFILE = OpenFlags(rawValue: clx_O_TMPFILE)
}
