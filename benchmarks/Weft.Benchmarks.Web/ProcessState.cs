using System.Diagnostics;

namespace Weft.Benchmarks.Web;

/// <summary>What the server says of itself.</summary>
/// <param name="ProcessThreads">Threads of the process.</param>
/// <param name="PoolThreads">Those of them that the ThreadPool counts.</param>
/// <param name="RssMb">Resident memory, in MB.</param>
/// <param name="CpuMs">CPU time of the process, in ms.</param>
internal sealed record ProcessState(int ProcessThreads, int PoolThreads, double RssMb, double CpuMs)
{
    public static ProcessState Read()
    {
        using Process self = Process.GetCurrentProcess();
        return new ProcessState(
            self.Threads.Count, ThreadPool.ThreadCount, self.WorkingSet64 / 1e6, self.TotalProcessorTime.TotalMilliseconds);
    }
}
