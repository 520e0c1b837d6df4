internal import Glibc

/// The running kernel's name, uname(2).
package struct RunningKernel: Sendable {
    /// `6.12.107+deb13-cloud-amd64`.
    package let release: String
    /// `#1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1 (2026-10-02)`.
    package let version: String
    /// `x86_64`.
    package let machine: String

    package static let current = RunningKernel()

    private init() {
        var names = utsname()
        uname(&names)
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        release = text(names.release)
        version = text(names.version)
        machine = text(names.machine)
    }
}

/// The machine's processors.
package enum Processors {
    /// How many run now.
    package static var online: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// How many the kernel keeps room for: each has a ring of its own in tracefs.
    package static var configured: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_CONF)))) }
}

/// What this process was started with.
package enum Environment {
    /// The value of a variable; nil where it is not set.
    package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// All of it, as `NAME=value`, for a child that is to have the same.
    package static var all: [String] {
        var entries: [String] = []
        var next = environ
        while let entry = next.pointee {
            entries.append(String(cString: entry))
            next += 1
        }
        return entries
    }
}
