internal import CLinux
internal import Glibc

/// This process.
package enum OwnProcess {
    /// Its number in its own pid namespace.
    package static var id: Int32 { getpid() }

    /// Its number in /proc, which may be that of another pid namespace.
    package static var idInProc: Int32 { Files.target(ofLink: "/proc/self").flatMap { Int32($0) } ?? id }

    /// The file that it executes; nil where /proc does not tell.
    package static var executable: String? { Files.realPath("/proc/self/exe") }

    /// Where it works; nil where that directory is gone.
    package static var directory: String? { Files.realPath(".") }

    /// Whether it may do what the superuser may, by the number of its user alone.
    package static var isRoot: Bool { geteuid() == 0 }

    /// Ends it, after what atexit(3) asks for.
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

    /// Ends it at once.
    package static func exitAtOnce(_ status: Int32) -> Never { _exit(status) }

    /// Lets it have as many descriptors as it may have, or as many as are asked for where it is the superuser.
    package static func raiseDescriptorLimit(to wanted: UInt? = nil) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if let wanted { limit.rlim_max = wanted }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Makes the process the superuser of a user namespace of its own, in which it may make network namespaces.
    /// Files that are written still belong to the user.
    ///
    /// Throws the error of unshare(2), for which it must have one thread, or of the files in which it says so.
    package static func enterUserNamespace() throws(SystemError) {
        let (user, group) = (geteuid(), getegid())
        try check(clx_unshare_user(), "unshare(CLONE_NEWUSER)")
        try Files.write("deny", to: "/proc/self/setgroups")
        try Files.write("0 \(user) 1", to: "/proc/self/uid_map")
        try Files.write("0 \(group) 1", to: "/proc/self/gid_map")
    }

    /// Gives the calling thread, and what it starts, mounts of its own that nobody outside sees. Throws the error of
    /// unshare(2) or mount(2).
    package static func leaveMounts() throws(SystemError) {
        try check(clx_unshare_mount(), "unshare(CLONE_NEWNS)")
        try check(clx_mount("none", "/", nil, clx_mount_private_recursive), "make mounts private")
    }

    /// Gives the calling thread, and what it starts, an empty network namespace. Throws the unshare(2) error.
    package static func leaveNetwork() throws(SystemError) { try check(clx_unshare_net(), "unshare(CLONE_NEWNET)") }

    /// Shows a file under another name too. Throws the mount(2) error.
    package static func bind(_ path: String, to name: String) throws(SystemError) {
        try check(clx_mount(path, name, nil, clx_mount_bind), "bind \(name)")
    }

    /// Goes into a network namespace that has a name. Throws the error of open(2) or setns(2).
    package static func enterNetwork(_ path: String) throws(SystemError) {
        let namespace = try Descriptor.open(path, .O_RDONLY)
        try check(clx_setns_net(namespace.raw), "setns")
    }

    /// Becomes another program, found by PATH. Throws the execvp(3) error, and does not return otherwise.
    package static func execute(_ words: [String]) throws(SystemError) -> Never {
        var argv = words.map { strdup($0) } + [nil]
        if let program = argv[0] { execvp(program, &argv) }
        throw SystemError(words.first ?? "")
    }

    /// Mounts a file system that has no device. Throws the mount(2) error.
    package static func mount(_ type: String, on path: String) throws(SystemError) {
        try check(clx_mount(type, path, type, 0), "mount \(type) on \(path)")
    }
}
