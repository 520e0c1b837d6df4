internal import CBuild
internal import Record

/// What this program was built from, for `--version`.
var buildDescription: String {
    let revision = String(cString: cbuild_revision)
    #if DEBUG
        let kind = "debug build"
    #else
        let kind = "release build"
    #endif
    return "tcpwitness \(toolVersion) (\(revision.isEmpty ? "revision unknown" : revision), \(kind))"
}
