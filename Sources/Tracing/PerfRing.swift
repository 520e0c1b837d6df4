internal import CLinux
internal import Glibc
internal import Linux

/// The ring buffer of one CPU, into which every tracepoint writes its samples.
final class PerfRing {
    /// 1 MiB of data: thousands of events between two looks.
    private static let pages = 256
    private static let pageSize = 4096

    private let leader: Descriptor
    private let followers: [Int32]
    private let map: UnsafeMutableRawPointer

    var descriptor: Int32 { leader.raw }

    /// Opens all tracepoints on one CPU. Throws the perf_event_open(2) error.
    init(cpu: Int32, ids: [UInt64]) throws(SystemError) {
        var opened: [Int32] = []
        do throws(SystemError) {
            for id in ids {
                opened.append(
                    try check(clx_perf_tracepoint(id, cpu), "perf_event_open(tracepoint \(id), cpu \(cpu))"))
            }
            let size = (1 + Self.pages) * Self.pageSize
            guard let map = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, opened[0], 0), map != MAP_FAILED else {
                throw SystemError("mmap of a perf ring")
            }
            self.map = map
            for fd in opened.dropFirst() {
                try check(clx_perf_redirect(fd, opened[0]), "ioctl(PERF_EVENT_IOC_SET_OUTPUT)")
            }
            for fd in opened { try check(clx_perf_enable(fd), "ioctl(PERF_EVENT_IOC_ENABLE)") }
        } catch {
            for fd in opened { close(fd) }
            throw error
        }
        leader = Descriptor(owning: opened[0])
        followers = Array(opened.dropFirst())
    }

    deinit {
        munmap(map, (1 + Self.pages) * Self.pageSize)
        for fd in followers { close(fd) }
    }

    /// Takes all complete records out and gives them to `body`; returns how many samples the kernel had to drop.
    func drain(_ body: (_ type: UInt32, _ record: UnsafeRawBufferPointer) -> Void) -> UInt64 {
        let header = map.assumingMemoryBound(to: perf_event_mmap_page.self)
        let head = withUnsafePointer(to: &header.pointee.data_head) { clx_load_acquire($0) }
        var tail = header.pointee.data_tail
        let data = map + Self.pageSize
        let size = UInt64(Self.pages * Self.pageSize)
        var lost: UInt64 = 0
        var straightened = [UInt8]()
        while tail < head {
            let offset = Int(tail % size)
            // Records are 8-byte aligned, so a header never wraps.
            let record = data + offset
            let length = Int(record.load(fromByteOffset: 6, as: UInt16.self))
            let type = record.load(as: UInt32.self)
            if offset + length <= Int(size) {
                lost += take(type, UnsafeRawBufferPointer(start: record, count: length), body)
            } else {
                let first = Int(size) - offset
                straightened = Array(UnsafeRawBufferPointer(start: record, count: first))
                straightened += UnsafeRawBufferPointer(start: data, count: length - first)
                lost += straightened.withUnsafeBytes { take(type, $0, body) }
            }
            tail += UInt64(length)
        }
        withUnsafeMutablePointer(to: &header.pointee.data_tail) { clx_store_release($0, tail) }
        return lost
    }

    private func take(
        _ type: UInt32, _ record: UnsafeRawBufferPointer,
        _ body: (_ type: UInt32, _ record: UnsafeRawBufferPointer) -> Void
    ) -> UInt64 {
        if type == UInt32(PERF_RECORD_LOST.rawValue) {
            return record.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        }
        body(type, record)
        return 0
    }
}
