internal import CLinux
internal import Glibc
internal import Linux
internal import Synchronization

/// The memory that a guest shares with its host: a PCI device of QEMU (ivshmem) that needs no driver.
///
/// It begins with a count of bytes, after which they are. Nothing is ever read from it, so that the host's pace cannot
/// show in the guest.
final class SharedMemory: Sendable {
    private let base: UInt
    private let size: Int
    private let count = Mutex(0)

    private static let devices = "/sys/bus/pci/devices"
    /// Red Hat's number, and its number for ivshmem.
    private static let identity = ("0x1af4", "0x1110")

    /// Finds and maps it; nil where the kernel has no PCI. Throws the error of the failing call.
    static func find() throws -> SharedMemory? {
        guard let directory = opendir(devices) else { return nil }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let path = "\(devices)/\(name)"
            func number(_ file: String) -> String? { try? Files.read("\(path)/\(file)").trimmed }
            guard number("vendor") == identity.0, number("device") == identity.1 else { continue }
            return try SharedMemory(device: path)
        }
        return nil
    }

    private init(device: String) throws {
        try Files.write("1", to: "\(device)/enable")
        let resource = try Descriptor.open("\(device)/resource2", O_RDWR)
        var status = stat()
        guard fstat(resource.raw, &status) == 0 else { throw SystemError("fstat \(device)/resource2") }
        size = Int(status.st_size)
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, resource.raw, 0)
        guard let memory, memory != MAP_FAILED else { throw SystemError("mmap \(device)/resource2") }
        base = UInt(bitPattern: memory)
    }

    /// Lets the host see more bytes. Returns false where there is no room for them.
    func append(_ bytes: [UInt8]) -> Bool {
        count.withLock { count in
            guard MemoryLayout<UInt64>.size + count + bytes.count <= size else { return false }
            clx_publish(UnsafeMutableRawPointer(bitPattern: base), UInt64(count), bytes, bytes.count)
            count += bytes.count
            return true
        }
    }
}
