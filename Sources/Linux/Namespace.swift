internal import CLinux
internal import Glibc

/// A network namespace held by a descriptor; it ends when the last descriptor, process and minisock in it is gone.
package final class NetworkNamespace: Sendable {
    private let handle: Descriptor
    private let home: Descriptor

    package var descriptor: Int32 { handle.raw }

    /// Makes a new, empty namespace without moving the calling thread. Throws the error of the failing call.
    package init() throws(SystemError) {
        let home = try Self.current()
        try check(clx_unshare_net(), "unshare(CLONE_NEWNET)")
        do {
            handle = try Self.current()
        } catch {
            clx_setns_net(home.raw)
            throw error
        }
        try check(clx_setns_net(home.raw), "setns back to the first network namespace")
        self.home = home
    }

    /// The namespace the calling thread is in. Throws the error of the failing call.
    package init(ofCallingThread: Void) throws(SystemError) {
        handle = try Self.current()
        home = try Self.current()
    }

    /// Runs `body` with the calling thread inside the namespace. A socket made there stays there for ever.
    ///
    /// `body` is synchronous on purpose: a task that suspends may go on on another thread.
    package func inside<Result>(_ body: () throws -> Result) throws -> Result {
        try check(clx_setns_net(handle.raw), "setns")
        defer {
            // A thread that cannot come home would do everything after in the wrong namespace.
            guard clx_setns_net(home.raw) == 0 else { fatalError("setns back failed: \(Errno.current)") }
        }
        return try body()
    }

    /// Sets a sysctl, named as sysctl(8) names it. Throws the `open(2)` or `write(2)` error.
    package func setSysctl(_ name: String, to value: String) throws {
        try inside { try Files.write(value, to: Self.path(ofSysctl: name)) }
    }

    /// Reads a sysctl. Throws the `open(2)` error, `ENOENT` where the kernel has no such sysctl.
    package func sysctl(_ name: String) throws -> String {
        try inside { try Files.read(Self.path(ofSysctl: name)).trimmed }
    }

    /// Sets several sysctls at one go, in order, and passes over those that this kernel does not have.
    ///
    /// Throws the `open(2)` or `write(2)` error.
    package func setSysctls(_ settings: some Sequence<(name: String, value: String)>) throws {
        try inside {
            for (name, value) in settings {
                do {
                    try Files.write(value, to: Self.path(ofSysctl: name))
                } catch let error as SystemError where error.errno == .ENOENT {
                    continue
                }
            }
        }
    }

    /// Reads a sysctl of the calling thread's namespace; nil where the kernel has no such sysctl.
    package static func currentSysctl(_ name: String) throws(SystemError) -> String? {
        do throws(SystemError) {
            return try Files.read(path(ofSysctl: name)).trimmed
        } catch  where error.errno == .ENOENT {
            return nil
        }
    }

    /// What the calling thread's namespace has below net.ipv4 by names that begin so; what may not be read is left out.
    ///
    /// Throws the `opendir(3)` error.
    package static func currentSettings(beginning prefixes: [String]) throws(SystemError) -> [String: String] {
        let folder = "/proc/sys/net/ipv4"
        guard let stream = opendir(folder) else { throw SystemError("opendir(\(folder))", .current) }
        defer { closedir(stream) }
        var settings: [String: String] = [:]
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard prefixes.contains(where: name.hasPrefix) else { continue }
            settings[name] = try? Files.read("\(folder)/\(name)").trimmed
        }
        return settings
    }

    private static func path(ofSysctl name: String) -> String {
        "/proc/sys/" + String(name.map { $0 == "." ? "/" : $0 })
    }

    private static func current() throws(SystemError) -> Descriptor {
        try Descriptor.open("/proc/thread-self/ns/net", .O_RDONLY)
    }
}

extension String {
    /// The string without white space at its ends.
    package var trimmed: String {
        var view = self[...]
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
