export { ListSkeleton, More } from '@/components/listing'
