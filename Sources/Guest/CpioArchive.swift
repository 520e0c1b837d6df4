/// A cpio archive in the "new ASCII" format (newc), the one the kernel unpacks as its first file system.
///
/// The format is that of Documentation/driver-api/early-userspace/buffer-format.rst: for each file a header of
/// hexadecimal text, the name, the contents, both padded to four bytes. Times and inode numbers are made up, so that
/// the same files always give the same bytes.
package struct CpioArchive {
    private var bytes: [UInt8] = []
    private var inode: UInt32 = 0
    private var directories: Set<String> = []

    private static let directoryMode: UInt32 = 0o040755
    private static let fileMode: UInt32 = 0o100000
    private static let characterDeviceMode: UInt32 = 0o020600

    package init() {}

    /// Adds a file at an absolute path, and the directories above it.
    package mutating func add(_ path: String, _ contents: [UInt8], executable: Bool = false) {
        addParents(of: path)
        append(path, mode: Self.fileMode | (executable ? 0o755 : 0o644), contents)
    }

    /// Adds an empty directory at an absolute path, and those above it.
    package mutating func addDirectory(_ path: String) {
        guard directories.insert(path).inserted else { return }
        addParents(of: path)
        append(path, mode: Self.directoryMode, [])
    }

    /// Adds a character device at an absolute path.
    package mutating func addDevice(_ path: String, major: UInt32, minor: UInt32) {
        addParents(of: path)
        append(path, mode: Self.characterDeviceMode, [], device: (major, minor))
    }

    /// The whole archive.
    package var archive: [UInt8] {
        var whole = self
        whole.inode = 0
        whole.append("TRAILER!!!", mode: 0, [])
        return whole.bytes
    }

    private mutating func addParents(of path: String) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        addDirectory(String(path[..<slash]))
    }

    private mutating func append(
        _ path: String, mode: UInt32, _ contents: [UInt8], device: (major: UInt32, minor: UInt32) = (0, 0)
    ) {
        let name = Array(path.drop { $0 == "/" }.utf8) + [0]
        let links: UInt32 = mode & 0o170000 == 0o040000 ? 2 : 1
        let fields = [
            inode, mode, 0, 0, links, 0, UInt32(contents.count), 0, 0, device.major, device.minor,
            UInt32(name.count), 0,
        ]
        bytes += "070701".utf8
        for field in fields { bytes += hexadecimal(field) }
        inode += 1
        bytes += name
        pad()
        bytes += contents
        pad()
    }

    private mutating func pad() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    private func hexadecimal(_ value: UInt32) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return (0..<8).reversed().map { digits[Int(value >> (4 * $0) & 15)] }
    }
}
