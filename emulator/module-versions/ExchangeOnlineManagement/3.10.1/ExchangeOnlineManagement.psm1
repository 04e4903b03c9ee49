. "$PSScriptRoot/../../../module/parts/start.ps1" 3.10.1
