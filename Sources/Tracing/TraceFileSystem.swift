internal import CLinux
package import Linux

/// Where the kernel describes its tracepoints.
package enum TraceFileSystem {
    /// The mounted tracefs, or one mounted now for this process alone.
    ///
    /// Throws the mount(2) error; `EPERM` without CAP_SYS_ADMIN.
    package static func locate() throws(SystemError) -> String {
        for path in ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] where Files.exists("\(path)/events/sock") {
            return path
        }
        // The caller lives in a mount namespace of its own, so this is seen by nobody else and goes with it.
        try check(
            clx_mount("tracefs", "/sys/kernel/tracing", "tracefs", 0),
            "mount tracefs on /sys/kernel/tracing")
        return "/sys/kernel/tracing"
    }
}
